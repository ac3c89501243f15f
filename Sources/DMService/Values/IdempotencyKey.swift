internal import HTTPServer
internal import JSON

extension Request {
    /// The `Idempotency-Key`, by which the retry of a request is known; in the form of a client's message id, which it stands for on a send.
    ///
    /// - Throws: 400 when it cannot be one. The server itself refuses a request that has the field twice.
    func idempotencyKey() throws(HTTPError) -> ClientMessageID? {
        guard let text = headers[.idempotencyKey] else { return nil }
        guard let key = ClientMessageID(text) else {
            throw HTTPError(
                .validation, "Send an Idempotency-Key of 1 to \(ClientMessageID.longest) visible ASCII characters.",
                details: [("header", "Idempotency-Key")])
        }
        return key
    }
}

extension HTTPError {
    static let twoKeys = HTTPError(
        .validation, "Send the same Idempotency-Key and client_msg_id, or one of them.", details: [("header", "Idempotency-Key")])
}
