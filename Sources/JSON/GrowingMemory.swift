/// Memory that is made when it is first needed, and from then on only grows.
@usableFromInline
struct GrowingMemory<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>?
    private var capacity = 0

    init() {}

    @inlinable
    deinit { base?.deallocate() }

    /// Makes room for `count` elements, of which the first `kept` stay, and returns where they stand. Earlier addresses are void.
    @inline(__always)
    mutating func reserve(_ count: Int, keeping kept: Int = 0) -> UnsafeMutablePointer<Element> {
        if let base, count <= capacity { return base }
        return grow(to: count, keeping: kept)
    }

    @inline(never)
    private mutating func grow(to count: Int, keeping kept: Int) -> UnsafeMutablePointer<Element> {
        capacity = max(count, 2 * capacity, 16)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        if let base {
            larger.update(from: base, count: kept)
            base.deallocate()
        }
        base = larger
        return larger
    }
}
