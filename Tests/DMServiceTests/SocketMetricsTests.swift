import HTTPServer
import Testing

@testable import DMService

@Suite struct SocketMetricsTests {
    @Test func `a peer makes no series of its own`() {
        let labels = Set((UInt16(0)...4999).map { SocketMetrics.label(WebSocketCloseCode(rawValue: $0)) })
        #expect(labels.isSuperset(of: ["1000", "1001", "1005", "1006", "1012", "4001", "4011", "other"]))
        #expect(labels.count < 25)
        #expect(SocketMetrics.label(3000) == "other")
    }
}
