SELECT outcome, seq, rev, sent_at, members_rev
  FROM send_messages(:conversations, :counts, :slots, :places, :senders, :kinds, :bodies, :client_msg_ids, :keys, :hashes)
;;
