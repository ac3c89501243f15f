SELECT outcome, seq, rev, sent_at, members_rev
  FROM send_message(:one_conversation, :one_sender, :one_kind, :one_body, :one_client_msg_id, :one_key, :one_hash)
;;each
