internal import JSON

extension HTTPError {
    /// The answer over HTTP, in the one shape that all errors have (SPEC §1).
    func response(requestID: String) -> Response {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.field("code", code.name)
        json.field("message", message)
        json.key("details")
        json.beginObject()
        for detail in details {
            json.key(detail.name)
            detail.value.encode(into: &json)
        }
        json.endObject()
        json.field("request_id", requestID)
        json.endObject()
        json.endObject()
        var response = Response.json(code.status, encoded: json.finish())
        response.headers = headers
        return response
    }
}
