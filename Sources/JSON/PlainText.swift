/// Runs of bytes that stand in a JSON string as they are.
enum PlainText {
    /// How many plain bytes there are from `start` on, up to `end` at most.
    @inline(__always)
    static func count(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Int {
        var position = start
        while end - position >= Word.size {
            let marks = Word(at: position).specials
            if marks != 0 { return position - start + Word.firstMark(marks) }
            position += Word.size
        }
        let left = end - position
        return position - start + min(Word.firstMark(Word(at: position, count: left).specials), left)
    }

    /// Copies the plain bytes from `start` on, up to `end` at most, and returns how many. Writes whole words, so that up to seven bytes after
    /// the last are overwritten too.
    @inline(__always)
    static func copy(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        while end - start - count >= Word.size {
            let word = Word(at: start + count)
            word.store(to: output + count)
            let marks = word.specials
            if marks != 0 { return count + Word.firstMark(marks) }
            count += Word.size
        }
        let left = end - start - count
        let word = Word(at: start + count, count: left)
        word.store(to: output + count)
        return count + min(Word.firstMark(word.specials), left)
    }
}
