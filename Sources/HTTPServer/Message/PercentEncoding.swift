/// Percent-encoding of RFC 3986 §2.1.
package enum PercentEncoding {
    /// Decodes `bytes`, or answers `nil` for a broken escape, bytes that are not UTF-8, or control characters.
    ///
    /// - Parameter plusIsSpace: as forms and `URLSearchParams` write it; in queries only.
    package static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard bytes.endIndex - index >= 2, let high = bytes[index].hexDigitValue, let low = bytes[index + 1].hexDigitValue else {
                    return nil
                }
                byte = high << 4 | low
                index += 2
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                byte = 0x20
            }
            if byte < 0x20 || byte == 0x7F { return nil }
            decoded.append(byte)
        }
        return String(validating: decoded, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit of either case.
    var hexDigitValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
