/// Decodes the frames of RFC 6455 into messages, as a value without I/O: bytes go in, however they are cut, events come
/// out. Payloads are unmasked where they lie; a message that arrives in one piece is never copied.
///
///     while let event = decoder.next(&input) { … }
///
/// It owns no memory while no frame and no message is half there.
public struct WebSocketDecoder {
    public enum Role: Sendable {
        /// Reads what clients send: masked.
        case server
        /// Reads what servers send: not masked.
        case client
    }

    public enum Event {
        /// A whole message, checked to be UTF-8.
        case text(WebSocketPayload)
        case binary(WebSocketPayload)
        case ping(WebSocketPayload)
        case pong(WebSocketPayload)
        /// The peer says goodbye; nothing more comes. `code` is `nil` when it gave none.
        case close(code: WebSocketCloseCode?, reason: String)
        /// The peer broke the rules; nothing more comes.
        case failed(WebSocketFault)
    }

    private enum State: Equatable {
        case header, payload, ended
    }

    private let role: Role
    private let messageLimit: Int
    private let fragmentLimit: Int
    private let inflationLimit: Int
    private let inflater: WebSocketInflater?

    private var state = State.header
    /// The beginning of a header, when it was cut.
    private var partialHeader = InlineArray<14, UInt8>(repeating: 0)
    private var partialHeaderCount: UInt8 = 0
    private var frame: WebSocketFrameHeader?
    /// Bytes of the frame's payload that have arrived.
    private var arrived = 0
    private var message = WebSocketMessageAssembly()
    /// The payload of a control frame that was cut. Kept apart: it may stand between the frames of a message.
    private var control: [UInt8] = []

    /// - Parameters:
    ///   - inflationLimit: how many times larger than its compressed form a message may be, once it is larger than 64 KiB.
    ///   - inflater: for connections that negotiated permessage-deflate.
    public init(
        role: Role, messageLimit: Int = 65_536, fragmentLimit: Int = 1_024, inflationLimit: Int = 10, inflater: WebSocketInflater? = nil
    ) {
        self.role = role
        self.messageLimit = messageLimit
        self.fragmentLimit = fragmentLimit
        self.inflationLimit = inflationLimit
        self.inflater = inflater
    }

    /// Takes what it needs from the front of `input` and says what happened, or `nil` when all is taken and more is
    /// needed. The bytes of `input` are changed.
    public mutating func next(_ input: inout UnsafeMutableRawBufferPointer) -> Event? {
        do throws(WebSocketFault) {
            return try step(&input)
        } catch {
            end()
            return .failed(error)
        }
    }

    private mutating func step(_ input: inout UnsafeMutableRawBufferPointer) throws(WebSocketFault) -> Event? {
        while true {
            switch state {
            case .header:
                guard let header = try takeHeader(&input) else { return nil }
                if !header.opcode.isControl {
                    try message.begin(header, messageLimit: messageLimit, fragmentLimit: fragmentLimit)
                }
                frame = header
                arrived = 0
                state = .payload
            case .payload:
                guard let header = frame else { return nil }
                let piece = takePiece(of: header, &input)
                let isWhole = arrived == header.length
                if isWhole { state = .header }
                if let event = try header.opcode.isControl ? takeControl(header, piece, isWhole) : takeData(header, piece, isWhole) {
                    return event
                }
                if !isWhole { return nil }
            case .ended:
                input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
                return nil
            }
        }
    }

    // MARK: Frames

    private mutating func takeHeader(_ input: inout UnsafeMutableRawBufferPointer) throws(WebSocketFault) -> WebSocketFrameHeader? {
        if partialHeaderCount == 0, input.count >= 2, let start = input.baseAddress {
            let size = WebSocketFrameHeader.Size(second: input[1])
            if input.count >= size.total {
                try checkMask(size)
                input = UnsafeMutableRawBufferPointer(rebasing: input[size.total...])
                return try WebSocketFrameHeader(start, size, hasMask: size.isMasked, allowsCompression: inflater != nil)
            }
        }
        while let byte = input.first {
            input = UnsafeMutableRawBufferPointer(rebasing: input[1...])
            partialHeader[Int(partialHeaderCount)] = byte
            partialHeaderCount += 1
            if let header = try parsePartialHeader() { return header }
        }
        return nil
    }

    /// Looks at a header that comes in pieces, and refuses it as soon as it cannot become right.
    private mutating func parsePartialHeader() throws(WebSocketFault) -> WebSocketFrameHeader? {
        let count = Int(partialHeaderCount)
        guard count >= 2 else { return nil }
        let size = WebSocketFrameHeader.Size(second: partialHeader[1])
        if count == 2 {
            try checkMask(size)
            try WebSocketFrameHeader.check(partialHeader[0], partialHeader[1], allowsCompression: inflater != nil)
        }
        guard count == size.beforeMask || count == size.total else { return nil }
        let isComplete = count == size.total
        let (bytes, allowsCompression) = (partialHeader, inflater != nil)
        let header = try withUnsafeBytes(of: bytes) { bytes throws(WebSocketFault) -> WebSocketFrameHeader? in
            guard let start = bytes.baseAddress else { return nil }
            return try WebSocketFrameHeader(
                start, size, hasMask: size.isMasked && isComplete, allowsCompression: allowsCompression)
        }
        guard isComplete else { return nil }
        partialHeaderCount = 0
        return header
    }

    private func checkMask(_ size: WebSocketFrameHeader.Size) throws(WebSocketFault) {
        switch role {
        case .server: guard size.isMasked else { throw .maskMissing }
        case .client: guard !size.isMasked else { throw .maskUnexpected }
        }
    }

    /// Cuts what there is of the frame's payload from the input and unmasks it.
    private mutating func takePiece(
        of header: WebSocketFrameHeader, _ input: inout UnsafeMutableRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let count = min(header.length - arrived, input.count)
        let piece = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
        input = UnsafeMutableRawBufferPointer(rebasing: input[count...])
        header.mask?.apply(to: piece, offset: arrived)
        arrived += count
        return UnsafeRawBufferPointer(piece)
    }

    private mutating func takeData(
        _ header: WebSocketFrameHeader, _ piece: UnsafeRawBufferPointer, _ isWhole: Bool
    ) throws(WebSocketFault) -> Event? {
        guard var payload = try message.take(piece, endsMessage: isWhole && header.isFinal) else { return nil }
        if message.isCompressed, let inflater {
            let inflated = try payload.withUnsafeBytes { bytes throws(WebSocketFault) in
                try inflater.inflate(bytes, limit: messageLimit, ratio: inflationLimit)
            }
            try message.check(inflated)
            payload = .owned(inflated)
        }
        return message.isText ? .text(payload) : .binary(payload)
    }

    private mutating func takeControl(
        _ header: WebSocketFrameHeader, _ piece: UnsafeRawBufferPointer, _ isWhole: Bool
    ) throws(WebSocketFault) -> Event? {
        let isAlone = control.isEmpty && isWhole
        if !isAlone { control.append(contentsOf: piece) }
        guard isWhole else { return nil }
        let payload: WebSocketPayload = isAlone ? .lent(piece) : .owned(exchange(&control, with: []))
        switch header.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            let goodbye = try payload.withUnsafeBytes { bytes throws(WebSocketFault) in try WebSocketGoodbye(bytes) }
            end()
            return .close(code: goodbye.code, reason: goodbye.reason)
        }
    }

    private mutating func end() {
        state = .ended
        message = WebSocketMessageAssembly()
        control = []
    }
}
