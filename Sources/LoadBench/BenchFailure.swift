/// Why a run cannot be made, in words for the person who started it.
public struct BenchFailure: Error, Equatable {
    public let explanation: String

    public init(_ explanation: String) { self.explanation = explanation }
}
