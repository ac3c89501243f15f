DROP TABLE refresh_tokens, sessions, devices, users;
