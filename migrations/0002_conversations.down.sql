DROP TABLE changes, messages, participants, conversations;
