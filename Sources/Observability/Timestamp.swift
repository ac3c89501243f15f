import Glibc

/// A point of wall-clock time in milliseconds, as log lines tell it.
struct Timestamp: Equatable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var milliseconds: Int64

    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Appends RFC 3339 text in UTC with milliseconds: `2026-11-20T15:04:05.678Z`.
    func append(to bytes: inout [UInt8]) {
        let (days, millisecond) = milliseconds.flooredDivision(by: 86_400_000)
        let (year, month, day) = Self.civilDate(daysSinceEpoch: days)
        let second = millisecond / 1000

        func append(_ value: Int64, digits: Int, then separator: Unicode.Scalar) {
            var divisor = (1..<digits).reduce(Int64(1)) { divisor, _ in divisor * 10 }
            while divisor > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
            bytes.append(UInt8(ascii: separator))
        }
        append(year, digits: 4, then: "-")
        append(month, digits: 2, then: "-")
        append(day, digits: 2, then: "T")
        append(second / 3600, digits: 2, then: ":")
        append(second / 60 % 60, digits: 2, then: ":")
        append(second % 60, digits: 2, then: ".")
        append(millisecond % 1000, digits: 3, then: "Z")
    }

    /// The proleptic Gregorian date. Years are counted from March, so that the leap day is a year's last, in eras of 400 years, which all
    /// have 146,097 days.
    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    /// Quotient rounded down and the remainder, which is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
