import Glibc
import Runtime
import Testing

@Suite struct DescriptorLimitTests {
    @Test func `the process may open as much as the system allows it`() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let raised = DescriptorLimit.raise()
        #expect(raised == Int(clamping: limit.rlim_max))
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(limit.rlim_cur == limit.rlim_max)
    }
}
