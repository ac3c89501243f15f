DROP FUNCTION send_messages, send_message;
DROP TYPE send_result;
