import Testing

@testable import HTTPServer

@Suite struct PermessageDeflateTests {
    private static let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test(arguments: [
        "permessage-deflate", "Permessage-Deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=15",
        "permessage-deflate; client_max_window_bits=\"8\"", "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate ; client_no_context_takeover",
    ]) func `an offer in order is accepted without memory between messages`(_ offer: String) {
        #expect(PermessageDeflate.negotiate([offer]) == PermessageDeflate(compressesOutput: true, response: Self.plain))
    }

    @Test(arguments: [
        "", "permessage-deflate;", "permessage-deflate; x", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16", "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=010",
        "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=+9",
        "permessage-deflate; server_max_window_bits=\"10", "permessage-bzip2", "x-webkit-deflate-frame", "permessage-deflate=1",
        "permessage-deflate client_max_window_bits",
    ]) func `an offer that is not in order is declined`(_ offer: String) {
        #expect(PermessageDeflate.negotiate([offer]) == nil)
    }

    @Test func `the first offer in order is taken`() {
        let offers = ["permessage-deflate; mystery", "permessage-deflate; server_max_window_bits=10", "permessage-deflate"]
        #expect(
            PermessageDeflate.negotiate(offers)
                == PermessageDeflate(compressesOutput: false, response: Self.plain + "; server_max_window_bits=10"))
    }
}
