SELECT c.last_seq, m.seq, m.rev, m.sent_at, m.sender_id, m.kind, m.client_msg_id, m.body
  FROM participants p
  JOIN conversations c ON c.id = :one_conversation
  LEFT JOIN (SELECT * FROM messages WHERE conversation_id = :one_conversation AND seq < 1000000000 ORDER BY seq DESC LIMIT 50) m ON true
 WHERE p.conversation_id = :one_conversation AND p.user_id = :one_sender AND p.left_rev IS NULL
 ORDER BY m.seq DESC
;;each
