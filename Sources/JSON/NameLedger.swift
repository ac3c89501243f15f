/// The names seen so far in each object that is still open, to find one that is given twice.
///
/// An object's first names stand in a list, and a word of bits says which hashes are in it: most names are known to be new by their bit alone.
/// The names after those go into a set whose hash nobody outside can foresee, so that an object of a hundred thousand names costs no more per
/// name than one of twenty.
struct NameLedger: ~Copyable {
    private struct Entry: BitwiseCopyable {
        let hash: UInt32
        /// Which object it is a name of, by the order in which they began.
        let object: UInt32
        let name: RawString
    }

    private struct MemberName: Hashable {
        let object: UInt32
        let name: RawString
    }

    /// How many names of one object stand in the list.
    private static let listed = 16

    /// Names of the innermost object stand last, from `first` to `count`; before them those of the objects around it.
    private var list = GrowingMemory<Entry>()
    private var count = 0
    private var first = 0
    /// One bit for each hash in the list of the innermost object.
    private var bits: UInt64 = 0
    private var others: Set<MemberName> = []
    private var object: UInt32 = 0
    private var begun: UInt32 = 0

    init() {}

    /// An object begins inside the one that was open before, if any.
    mutating func open() {
        begun &+= 1
        object = begun
        first = count
        bits = 0
    }

    /// The innermost object ends. The one around it has a name in the list, the one this object was the value of.
    mutating func close() {
        count = first
        bits = 0
        guard count > 0, let entries = list.base else { return }
        object = entries[count - 1].object
        while first > 0, entries[first - 1].object == object {
            first -= 1
            bits |= Self.bit(entries[first].hash)
        }
    }

    /// Notes a name of the innermost object.
    ///
    /// - Returns: `false` if that object has the name already.
    @inline(__always)
    mutating func insert(_ name: RawString, hash: UInt32) -> Bool {
        if bits & Self.bit(hash) != 0, isListed(name, hash: hash) { return false }
        if count - first == Self.listed {
            return others.insert(MemberName(object: object, name: name)).inserted
        }
        let entries = list.reserve(count + 1, keeping: count)
        entries[count] = Entry(hash: hash, object: object, name: name)
        count += 1
        bits |= Self.bit(hash)
        return true
    }

    @inline(never)
    private func isListed(_ name: RawString, hash: UInt32) -> Bool {
        guard let entries = list.base else { return false }
        return (first..<count).contains { entries[$0].hash == hash && entries[$0].name == name }
    }

    @inline(__always)
    private static func bit(_ hash: UInt32) -> UInt64 { 1 << UInt64(hash & 63) }
}
