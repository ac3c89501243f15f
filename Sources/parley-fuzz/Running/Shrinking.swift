/// Makes an input that shows a fault as short as leaving parts out can make it.
enum Shrinking {
    /// Tries that are made at most.
    private static let patience = 20_000

    /// - Parameter fails: whether an input still shows the fault.
    static func shrink(_ input: [UInt8], while fails: ([UInt8]) -> Bool) -> [UInt8] {
        var shortest = input
        var tries = 0
        var size = input.count / 2
        while size > 0, tries < patience {
            var start = 0
            while start < shortest.count, tries < patience {
                var candidate = shortest
                candidate.removeSubrange(start..<min(start + size, candidate.count))
                tries += 1
                if fails(candidate) { shortest = candidate } else { start += size }
            }
            size /= 2
        }
        return shortest
    }
}
