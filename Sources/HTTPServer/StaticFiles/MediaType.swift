/// The media types of the files that a page consists of.
struct MediaType: Equatable {
    let value: HeaderValue
    /// Whether it is text, or like text, and worth compressing.
    let isCompressible: Bool

    private init(_ value: HeaderValue, compressible: Bool = false) {
        self.value = value
        isCompressible = compressible
    }

    /// The type of a file by the ending of its name. What is not known is offered as bytes, and `nosniff` keeps the
    /// browser from guessing.
    static func ofFile(named name: String) -> MediaType {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return switch ending {
        case "html": MediaType("text/html; charset=utf-8", compressible: true)
        case "js", "mjs": MediaType("text/javascript; charset=utf-8", compressible: true)
        case "css": MediaType("text/css; charset=utf-8", compressible: true)
        case "txt", "md": MediaType("text/plain; charset=utf-8", compressible: true)
        case "json", "map": MediaType("application/json", compressible: true)
        case "webmanifest": MediaType("application/manifest+json", compressible: true)
        case "xml": MediaType("application/xml", compressible: true)
        case "svg": MediaType("image/svg+xml", compressible: true)
        case "wasm": MediaType("application/wasm", compressible: true)
        case "ico": MediaType("image/x-icon", compressible: true)
        case "png": MediaType("image/png")
        case "jpg", "jpeg": MediaType("image/jpeg")
        case "gif": MediaType("image/gif")
        case "webp": MediaType("image/webp")
        case "avif": MediaType("image/avif")
        case "woff2": MediaType("font/woff2")
        case "mp3": MediaType("audio/mpeg")
        case "ogg": MediaType("audio/ogg")
        case "mp4": MediaType("video/mp4")
        case "webm": MediaType("video/webm")
        default: MediaType("application/octet-stream")
        }
    }
}
