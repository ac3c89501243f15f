// swift-tools-version: 6.2
import PackageDescription

/// One list for all Swift targets: a `public import` is a decision, and an async function stays on its caller's executor.
let settings: [SwiftSetting] = [
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility", "NonisolatedNonsendingByDefault",
].map { .enableUpcomingFeature($0) }

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// C libraries from Debian's packages. Each is imported by one Swift target, so C types stay behind it.
let cModules: [Target] = [
    .target(name: "CUV", linkerSettings: [.linkedLibrary("uv")]),
    .target(name: "CSockets"),
    .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("crypto")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    // Without pkg-config: hiredis's flags are one that SwiftPM does not let pass, and none that is needed.
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
]

/// The floors, lowest first: a target depends only on what stands above it in this list.
let floors: [Target] = [
    library("Observability", []),
    library("JSON", []),
    library("Runtime", ["Observability", "CUV"]),
    library("Crypto", ["Runtime", "JSON", "CCrypto", "CArgon2"]),
    library("Networking", ["Runtime", "Observability", "CSockets", "CTLS"]),
    library("HTTPServer", ["Networking", "Runtime", "Observability", "JSON", "Crypto", "CZlib"]),
    library("HTTPClient", ["Networking", "Runtime", "CCurl"]),
    library("Postgres", ["Networking", "Runtime", "Observability", "CPQ"]),
    library("Redis", ["Networking", "Crypto", "Runtime", "Observability", "CHiredis"]),
    library("DMService", ["HTTPServer", "HTTPClient", "Postgres", "Redis", "Crypto", "JSON", "Networking", "Runtime", "Observability"]),
    library("LoadBench", ["HTTPServer", "Crypto", "JSON", "Networking", "Runtime", "Observability"]),
    .executableTarget(
        name: "parley", dependencies: ["DMService", "LoadBench", "Runtime", "Observability"], swiftSettings: settings),
]

let package = Package(
    name: "parley",
    products: [.executable(name: "parley", targets: ["parley"])],
    targets: cModules + floors + [
        .executableTarget(
            name: "parley-fuzz",
            dependencies: ["HTTPServer", "HTTPClient", "Networking", "Runtime", "Crypto", "JSON", "DMService", "Redis"],
            swiftSettings: settings),
        .target(name: "TestPrograms", path: "Tests/TestPrograms", swiftSettings: settings),
        tests("ObservabilityTests", ["Observability"]),
        tests("JSONTests", ["JSON", "Runtime"]),
        tests("RuntimeTests", ["Runtime"]),
        tests("CryptoTests", ["Crypto", "JSON", "Runtime"]),
        tests("NetworkingTests", ["Networking", "Runtime", "TestPrograms"]),
        tests("HTTPServerTests", ["HTTPServer", "Networking", "Runtime", "JSON", "Observability"]),
        tests("HTTPClientTests", ["HTTPClient", "HTTPServer", "Networking", "Runtime", "TestPrograms"]),
        tests("PostgresTests", ["Postgres", "Runtime"]),
        tests("RedisTests", ["Redis", "Networking", "Runtime", "Observability", "TestPrograms"]),
        tests("LoadBenchTests", ["LoadBench"]),
        tests("ParleyTests", ["parley", "DMService"]),
        tests("DMServiceTests", ["DMService", "HTTPServer", "HTTPClient", "Postgres", "Crypto", "JSON", "Networking", "Runtime"]),
    ],
    swiftLanguageModes: [.v6]
)
