/// Why the development service cannot start, in words for the person who started it.
struct DevFailure: Error {
    let explanation: String

    init(_ explanation: String) { self.explanation = explanation }
}
