/// The written form: RFC 3339 §5.6.
extension Timestamp: JSONEncodable, JSONDecodable, CustomStringConvertible {
    /// Bytes of `2025-01-02T03:04:05.678Z`.
    private static let length = 24

    /// A moment outside ``earliest``...``latest`` is written as the nearer of the two.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            write(to: buffer)
            return Self.length
        }
    }

    /// Reads a date and time of RFC 3339: `T` and `Z` as capitals, `Z` or an offset such as `+02:00`, up to nine decimals of a second, of which
    /// three are kept. There are no leap seconds in this count of time, so `:60` is refused.
    public init?(_ text: String) {
        var text = text
        guard let timestamp = text.withUTF8({ Timestamp(utf8: $0) }) else { return nil }
        self = timestamp
    }

    public func encode(into json: inout JSONWriter) {
        json.string(asciiCount: Self.length) { write(to: $0) }
    }

    public init(from json: inout JSONReader) throws(JSONError) {
        self = try json.string(expected: "a time such as 2025-01-02T03:04:05.678Z") { Timestamp(utf8: $0) }
    }

    private func write(to output: UnsafeMutableBufferPointer<UInt8>) {
        let moment = min(max(self, .earliest), .latest).milliseconds - Self.earliest.milliseconds
        let (days, time) = moment.quotientAndRemainder(dividingBy: 86_400_000)
        let date = CivilDate(daysSinceYearZero: Int(days))
        let millisecond = Int(time)

        func put(_ value: Int, digits: ClosedRange<Int>, then separator: Unicode.Scalar) {
            var value = value
            for index in digits.reversed() {
                output[index] = .zero + UInt8(truncatingIfNeeded: value % 10)
                value /= 10
            }
            output[digits.upperBound + 1] = UInt8(ascii: separator)
        }
        put(date.year, digits: 0...3, then: "-")
        put(date.month, digits: 5...6, then: "-")
        put(date.day, digits: 8...9, then: "T")
        put(millisecond / 3_600_000, digits: 11...12, then: ":")
        put(millisecond / 60_000 % 60, digits: 14...15, then: ":")
        put(millisecond / 1000 % 60, digits: 17...18, then: ".")
        put(millisecond % 1000, digits: 20...22, then: "Z")
    }

    private init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("T"),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(digits: 2), second < 60,
            let millisecond = scanner.skip(".") ? scanner.fraction() : 0,
            let offset = scanner.offset(), scanner.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let minutes = (date.daysSinceYearZero * 24 + hour) * 60 + minute - offset
        let sum = Int64(minutes * 60 + second) * 1000 + Int64(millisecond)
        self.init(milliseconds: sum + Self.earliest.milliseconds)
        guard (.earliest ... .latest).contains(self) else { return nil }
    }
}

/// A day of the Gregorian calendar, in the years 0000 to 9999.
///
/// The arithmetic between days and dates is that of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
private struct CivilDate {
    let year: Int
    /// 1...12
    let month: Int
    /// 1...31
    let day: Int

    private static let daysPerEra = 146_097  // 400 years
    /// Days from 0000-03-01, where the arithmetic counts from so that the leap day ends the year, back to 0000-01-01.
    private static let daysBeforeMarch = 60

    init(daysSinceYearZero days: Int) {
        // March is month 0 here. January and February belong to the end of the year before.
        let shifted = days - Self.daysBeforeMarch + Self.daysPerEra
        let era = shifted / Self.daysPerEra
        let dayOfEra = shifted % Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = (era - 1) * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// - Returns: `nil` if there is no such day.
    init?(year: Int, month: Int, day: Int) {
        guard 1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    var daysSinceYearZero: Int {
        let shiftedYear = (month <= 2 ? year - 1 : year) + 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let yearOfEra = shiftedYear % 400
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (shiftedYear / 400 - 1) * Self.daysPerEra + dayOfEra + Self.daysBeforeMarch
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Takes a written time apart.
private struct DigitScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Exactly so many digits.
    mutating func number(digits: Int) -> Int? {
        guard text.count - position >= digits else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard text[position].digit <= 9 else { return nil }
            value = value * 10 + Int(text[position].digit)
            position += 1
        }
        return value
    }

    /// One to nine decimals of a second, as milliseconds, rounded down.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while position < text.count, text[position].digit <= 9 {
            if count < 3 { value = value * 10 + Int(text[position].digit) }
            count += 1
            position += 1
        }
        guard 1...9 ~= count else { return nil }
        return count == 1 ? value * 100 : count == 2 ? value * 10 : value
    }

    /// `Z` or `±hh:mm`, as minutes east of UTC.
    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hours = number(digits: 2), hours < 24, skip(":"), let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
}
