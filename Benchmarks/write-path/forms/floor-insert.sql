INSERT INTO bench_floor VALUES (:one_conversation, 1, :one_body)
;;each
