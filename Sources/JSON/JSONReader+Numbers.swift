extension JSONReader {
    /// Reads an integer: digits alone, without fraction or exponent, and never by way of floating point.
    ///
    /// - Throws: ``JSONError`` with `.outOfRange` if `Value` cannot hold it, `.typeMismatch` for `1.0` or `1e3`.
    @inlinable
    public mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        let (magnitude, isNegative) = try wholeNumber()
        if !isNegative {
            if let value = Value(exactly: magnitude) { return value }
        } else if magnitude <= UInt64(Int64.max) + 1 {
            if let value = Value(exactly: 0 &- Int64(truncatingIfNeeded: magnitude)) { return value }
        }
        throw lastValue(.outOfRange, expected: "an integer from \(Value.min) to \(Value.max)")
    }

    /// Reads a number as the `Double` next to it.
    ///
    /// - Throws: ``JSONError`` with `.outOfRange` for numbers beyond ±1.8e308. What is too close to zero becomes zero.
    public mutating func number() throws(JSONError) -> Double {
        let first = try beginNumber()
        let isNegative = first != cursor
        var decimal = DecimalDigits()
        try readDigits(into: &decimal, isFraction: false)
        if cursor < end, cursor.pointee == UInt8(ascii: ".") {
            cursor += 1
            try readDigits(into: &decimal, isFraction: true)
        }
        if cursor < end, cursor.pointee | 0x20 == UInt8(ascii: "e") {
            cursor += 1
            decimal.exponent += try readExponent()
        }
        if let magnitude = decimal.exactDouble { return isNegative ? -magnitude : magnitude }
        let text = String(decoding: UnsafeBufferPointer(start: first, count: cursor - first), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw lastValue(.outOfRange, expected: "a number within ±1.8e308") }
        return value
    }

    /// The digits and the sign of an integer.
    @usableFromInline
    mutating func wholeNumber() throws(JSONError) -> (magnitude: UInt64, isNegative: Bool) {
        let first = try beginNumber()
        let isNegative = first != cursor
        let digits = cursor
        var magnitude: UInt64 = 0
        var overflow = false
        while cursor < end, cursor.pointee.digit <= 9 {
            let digit = UInt64(cursor.pointee.digit)
            cursor += 1
            // Nineteen digits always fit.
            if cursor - digits <= 19 {
                magnitude = magnitude &* 10 &+ digit
            } else {
                let (tens, tooMany) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, tooLarge) = tens.addingReportingOverflow(digit)
                overflow = overflow || tooMany || tooLarge
                magnitude = sum
            }
        }
        try checkWhole(digits)
        if cursor < end, cursor.pointee == UInt8(ascii: ".") || cursor.pointee | 0x20 == UInt8(ascii: "e") {
            throw failure(.typeMismatch, at: first, expected: "an integer")
        }
        guard !overflow else { throw lastValue(.outOfRange, expected: "an integer of 64 bits") }
        return (magnitude, isNegative)
    }

    /// Steps over the minus, if there is one, and returns where the number begins.
    @inline(__always)
    private mutating func beginNumber() throws(JSONError) -> UnsafePointer<UInt8> {
        skipWhitespace()
        guard cursor < end, cursor.pointee == .minus || cursor.pointee.digit <= 9 else { throw mismatch(expected: "a number") }
        let first = cursor
        if first.pointee == .minus { cursor += 1 }
        return first
    }

    /// Checks the whole part that stands between `digits` and the cursor: at least one digit, and no zero in front of others.
    @inline(__always)
    private func checkWhole(_ digits: UnsafePointer<UInt8>) throws(JSONError) {
        guard cursor > digits else { throw failure(.syntax, expected: "a digit") }
        guard digits.pointee != .zero || cursor - digits == 1 else {
            throw failure(.syntax, at: digits, expected: "no zero in front of a number")
        }
    }

    private mutating func readDigits(into decimal: inout DecimalDigits, isFraction: Bool) throws(JSONError) {
        let digits = cursor
        while cursor < end, cursor.pointee.digit <= 9 {
            decimal.append(cursor.pointee.digit, isFraction: isFraction)
            cursor += 1
        }
        if isFraction {
            guard cursor > digits else { throw failure(.syntax, expected: "a digit") }
        } else {
            try checkWhole(digits)
        }
    }

    /// Reads the exponent after its `e`. It stops growing where no count of digits in front could outweigh it.
    private mutating func readExponent() throws(JSONError) -> Int {
        var isNegative = false
        if cursor < end, cursor.pointee == .minus || cursor.pointee == UInt8(ascii: "+") {
            isNegative = cursor.pointee == .minus
            cursor += 1
        }
        let digits = cursor
        var exponent = 0
        while cursor < end, cursor.pointee.digit <= 9 {
            if exponent < 1 << 50 { exponent = exponent * 10 + Int(cursor.pointee.digit) }
            cursor += 1
        }
        guard cursor > digits else { throw failure(.syntax, expected: "a digit") }
        return isNegative ? -exponent : exponent
    }
}

/// A decimal number as `significand` × 10^`exponent`, as long as 19 digits are enough to say it.
private struct DecimalDigits {
    private var significand: UInt64 = 0
    private var count = 0
    var exponent = 0

    @inline(__always)
    mutating func append(_ digit: UInt8, isFraction: Bool) {
        significand = significand &* 10 &+ UInt64(digit)
        if count > 0 || digit != 0 { count += 1 }  // zeros in front do not count
        if isFraction { exponent -= 1 }
    }

    /// The value, if floating point gives it in one exact operation: both the significand and the power of ten are then held exactly by a
    /// `Double`, and IEEE 754 rounds their product or quotient correctly (Clinger 1990, "How to read floating point numbers accurately").
    var exactDouble: Double? {
        guard count <= 19, significand <= 1 << 53, abs(exponent) <= 22 else { return nil }
        let power = Self.powersOfTen[abs(exponent)]
        return exponent < 0 ? Double(significand) / power : Double(significand) * power
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
