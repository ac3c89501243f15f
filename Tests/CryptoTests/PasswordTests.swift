import Testing

@testable import Crypto

/// As cheap as argon2 allows: what is tested here is not what a hash costs.
private let cheap = Argon2id.Parameters(memory: 8, passes: 1, lanes: 1)

@Suite struct Argon2idTests {
    /// From the reference implementation's own tests (version 1.3).
    @Test(
        arguments: [
            (256, 2, 1, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
            (256, 2, 2, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
            (65536, 2, 1, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
        ] as [(UInt32, UInt32, UInt32, String, String, String)])
    func `tags are those of the reference implementation`(
        memory: UInt32, passes: UInt32, lanes: UInt32, password: String, salt: String, tag: String
    ) throws {
        let parameters = Argon2id.Parameters(memory: memory, passes: passes, lanes: lanes)
        let computed = try Argon2id.tag(for: Array(password.utf8), salt: Array(salt.utf8), parameters: parameters, count: 32)
        #expect(computed == (try bytes(tag)))
    }

    @Test func `the tag is that of RFC 9106's example`() throws {
        let tag = try Argon2id.tag(
            for: [UInt8](repeating: 1, count: 32), salt: [UInt8](repeating: 2, count: 16), secret: [UInt8](repeating: 3, count: 8),
            associatedData: [UInt8](repeating: 4, count: 12), parameters: Argon2id.Parameters(memory: 32, passes: 3, lanes: 4), count: 32)
        #expect(tag == (try bytes("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")))
    }

    @Test func `what argon2 refuses is told with its code`() {
        #expect(throws: PasswordHashingError.failed(code: -6)) {  // ARGON2_SALT_TOO_SHORT
            try Argon2id.tag(for: [1], salt: [], parameters: cheap, count: 32)
        }
    }
}

@Suite struct PasswordHashTests {
    private let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc"

    @Test func `a PHC string is read and written back the same`() throws {
        let hash = try #require(PasswordHash(phc: reference))
        #expect(hash.phc == reference)
        #expect(hash.parameters == Argon2id.Parameters(memory: 65536, passes: 2, lanes: 1))
        #expect(hash.salt == Array("somesalt".utf8))
        #expect(hash.tag.count == 32)
    }

    @Test(arguments: [
        ("argon2id$v=19", "argon2i$v=19"), ("argon2id$v=19", "argon2d$v=19"), ("argon2id", "ARGON2ID"), ("v=19", "v=16"), ("v=19", "v=019"),
        ("$v=19", ""), ("m=65536,", ""), ("m=65536,t=2", "t=2,m=65536"), ("m=65536", "m=0"), ("m=65536", "m=7"), ("m=65536", "m=262145"),
        ("m=65536", "m=4294967296"), ("m=65536", "m=-1"), ("m=65536", "m=+65536"), ("m=65536", "m=065536"), ("m=65536", "m= 65536"),
        ("t=2", "t=0"), ("t=2", "t=17"), ("p=1", "p=0"), ("p=1", "p=17"), ("p=1", "p=1,keyid=AAAA"), ("m=65536,t=2,p=1", "m=15,t=2,p=2"),
        ("c29tZXNhbHQ", ""), ("c29tZXNhbHQ", "c29tZXNhbHQ="), ("c29tZXNhbHQ", "c29tZXNhbHR"), ("c29tZXNhbHQ", "c29t"),
        ("CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc", ""), ("GRPPc", "GRPPc$"), ("GRPPc", "GRPPc\n"), ("CTFhFd", "CTF_Fd"),
        ("$argon2id", "x$argon2id"), ("$argon2id", "argon2id"), ("CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc", "CTFhFdXPJO1aFaMaO6Mm"),
    ])
    func `every other string is refused`(part: String, replacement: String) {
        let changed = reference.replacing(part, with: replacement)
        #expect(changed != reference)
        #expect(PasswordHash(phc: changed) == nil)
    }

    @Test func `strings of hostile lengths are refused`() {
        #expect(PasswordHash(phc: "") == nil)
        #expect(PasswordHash(phc: "$$$$$") == nil)
        #expect(PasswordHash(phc: String(repeating: "$", count: 1_000_000)) == nil)
        #expect(PasswordHash(phc: reference + String(repeating: "A", count: 1_000_000)) == nil)
    }

    @Test func `a hash is outdated when new ones are made otherwise`() throws {
        let hash = try #require(PasswordHash(phc: reference))
        #expect(hash.isOutdated(under: hash.parameters), "its salt has only 8 bytes")
        let sound = PasswordHash(parameters: .standard, salt: SecureRandom.bytes(16), tag: SecureRandom.bytes(32))
        #expect(!sound.isOutdated(under: .standard))
        #expect(sound.isOutdated(under: Argon2id.Parameters(memory: 19 * 1024, passes: 3, lanes: 1)))
        #expect(PasswordHash(phc: sound.phc) == sound)
        #expect(sound.phc.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$") && sound.phc.utf8.count <= 128)
    }
}

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher(parameters: cheap)

    @Test func `a password is correct for its own hash alone`() async throws {
        let hash = try await hasher.hash(Password(entered: "tr0ub4dor&3 horse"))
        #expect(try await hasher.isCorrect(Password(entered: "tr0ub4dor&3 horse"), for: hash))
        for wrong in ["tr0ub4dor&3 hors", "tr0ub4dor&3 horse ", "Tr0ub4dor&3 horse", "", "tr0ub4dor&3 horse\0"] {
            #expect(try await !hasher.isCorrect(Password(entered: wrong), for: hash))
        }
    }

    @Test func `nobody's password is correct`() async throws {
        #expect(try await !hasher.isCorrect(Password(entered: "anything at all"), for: nil))
    }

    @Test func `the same password has another hash each time, and a hash survives being stored`() async throws {
        let password = Password(entered: "tr0ub4dor&3 horse")
        let (first, second) = (try await hasher.hash(password), try await hasher.hash(password))
        #expect(first != second)
        let stored = try #require(PasswordHash(phc: first.phc))
        #expect(try await hasher.isCorrect(password, for: stored))
    }

    @Test func `a hash made under other parameters is checked under those and should be made anew`() async throws {
        let password = Password(entered: "tr0ub4dor&3 horse")
        let hash = try await hasher.hash(password)
        let newer = PasswordHasher(parameters: Argon2id.Parameters(memory: 16, passes: 2, lanes: 1))
        #expect(try await newer.isCorrect(password, for: hash))
        #expect(newer.needsRehash(hash) && !hasher.needsRehash(hash))
    }

    @Test func `passwords differ to their last character and are never cut off`() async throws {
        let long = String(repeating: "界", count: 127)
        let hash = try await hasher.hash(Password(chosen: long + "a"))
        #expect(try await hasher.isCorrect(Password(entered: long + "a"), for: hash))
        #expect(try await !hasher.isCorrect(Password(entered: long + "b"), for: hash))
    }

    @Test func `however it is typed, the same text is the same password`() async throws {
        let composed = "caf\u{E9} \u{1EAD} \u{AC01} \u{212B}"
        let decomposed = "cafe\u{301} a\u{302}\u{323} \u{1100}\u{1161}\u{11A8} A\u{30A}"
        let hash = try await hasher.hash(Password(chosen: decomposed))
        #expect(try await hasher.isCorrect(Password(entered: composed), for: hash))
        #expect(Password(entered: decomposed).bytes == Array("caf\u{E9} \u{1EAD} \u{AC01} \u{C5}".utf8))
    }

    @Test func `when too many wait, the next is told that the hasher is busy, and the others are served`() async throws {
        let hasher = PasswordHasher(parameters: Argon2id.Parameters(memory: 4096, passes: 2, lanes: 1), threads: 1, queueLimit: 2)
        let results = await withTaskGroup(of: Result<PasswordHash, PasswordHashingError>.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    do throws(PasswordHashingError) {
                        return .success(try await hasher.hash(Password(entered: "tr0ub4dor&3 horse")))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let busy = results.count { $0 == .failure(.busy) }
        #expect(busy > 0 && busy < 50)
        #expect(results.allSatisfy { if case .failure(let error) = $0 { error == .busy } else { true } })
    }
}

@Suite struct PasswordPolicyTests {
    @Test(arguments: [
        "tr0ub4do", "correct horse battery", "пароль-сложный", "  spaces  ", "line\nbreak\0", String(repeating: "x", count: 128),
        "👩‍👩‍👧👩‍👩‍👧",
    ])
    func `good passwords are taken as they are`(text: String) throws {
        #expect(try Password(chosen: text).bytes == Array(text.utf8))
    }

    @Test(
        arguments: [
            ("", .tooShort(8)), ("tr0ub4d", .tooShort(8)), ("e\u{301}e\u{301}e\u{301}e\u{301}", .tooShort(8)),
            (String(repeating: "x", count: 129), .tooLong(128)), (String(repeating: "e\u{301}", count: 129), .tooLong(128)),
            (String(repeating: "x", count: 1_000_000), .tooLong(128)), ("x" + String(repeating: "\u{301}", count: 100_000), .tooLong(128)),
            ("password", .tooCommon), ("PassWord1", .tooCommon), ("12345678", .tooCommon), ("qwertyuiop", .tooCommon),
            ("P@ssw0rd", .tooCommon),
            ("contrasen\u{303}a", .tooCommon),
        ] as [(String, PasswordRefusal)])
    func `others are refused with the reason`(text: String, refusal: PasswordRefusal) {
        #expect(throws: refusal) { try Password(chosen: text) }
    }

    @Test func `the length is that of the normalised text`() throws {
        #expect(try Password(chosen: String(repeating: "e\u{301}", count: 128)).bytes == Array(String(repeating: "é", count: 128).utf8))
    }

    @Test func `a password is never printed`() {
        let password = Password(entered: "tr0ub4dor&3")
        var printed = "\(password) \(String(reflecting: password))"
        dump(password, to: &printed)
        #expect(!printed.contains("tr0") && !printed.contains("116"))
    }
}
