import Testing

@testable import HTTPServer

@Suite struct RefusedRequestTests {
    @Test(arguments: RefusedRequest.all) func `a stream that could be read in two ways is refused however it is cut`(_ row: RefusedRequest)
    {
        for fragmentation in Fragmentation.allCases {
            let transcript = RequestTranscript(row.bytes, fragmentation)
            #expect(transcript.fault == row.fault, "\(fragmentation)")
            #expect(!transcript.events.contains("end"), "\(fragmentation)")
        }
    }

    @Test func `the table is as long as it should be`() {
        #expect(RefusedRequest.all.count >= 300)
        #expect(
            Set(RefusedRequest.all.map(\.fault)).isSuperset(
                of: Set(RequestFault.allCases).subtracting([.tooManyFields, .headTooLarge, .bodyTooLarge])))
    }

    @Test(arguments: RequestFault.allCases) func `every fault has an answer that does not echo`(_ fault: RequestFault) {
        #expect([400, 413, 414, 417, 431, 501, 505].contains(fault.code.status.code))
        #expect(!fault.message.isEmpty)
    }
}
