/// The name of a member, to be matched in a `switch` against literals.
///
/// It points into the document and is lent until the reader moves on: take ``string`` to keep it.
public struct JSONKey {
    @usableFromInline let start: UnsafePointer<UInt8>
    @usableFromInline let count: Int

    init(_ text: ResolvedText) {
        start = text.start
        count = text.count
    }

    /// The name as a string of its own.
    public var string: String {
        String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    @inlinable
    public static func ~= (name: StaticString, key: JSONKey) -> Bool {
        guard key.count == name.utf8CodeUnitCount else { return false }
        let expected = name.utf8Start
        for index in 0..<key.count where key.start[index] != expected[index] { return false }
        return true
    }

    /// A cheap hash of the name's length and its ends: names within one object seldom share all three.
    @inline(__always)
    var hash: UInt32 {
        let head = count >= Word.size ? Word(at: start) : Word(at: start, count: count)
        let tail = count >= Word.size ? Word(at: start + count - Word.size) : head
        let mixed = (head.bits ^ tail.bits << 5 &+ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }
}
