internal import CCrypto

/// The memory of this process, in which its secrets lie.
public enum ProcessMemory {
    /// Leaves no core dump behind, and lets no other process of this user look in. Answers whether the system agreed.
    public static func conceal() -> Bool { ccrypto_conceal_memory() }
}
