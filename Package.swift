// swift-tools-version: 6.2
import PackageDescription

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")

// `make build` sets this on Linux: a folder of static libraries to link in, because the names of the shared ones differ
// between releases of a distribution.
let archives = Context.environment["AXPORT_ARCHIVES"]
func library(_ name: String) -> LinkerSetting {
    archives.map { .unsafeFlags(["\($0)/lib\(name).a"]) } ?? .linkedLibrary(name)
}

let package = Package(
    name: "axport",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl",
            path: "Sources/Bridges/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .systemLibrary(
            name: "CLibPQ",
            path: "Sources/Bridges/CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Sources/Bridges/CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .systemLibrary(
            name: "CZstd",
            path: "Sources/Bridges/CZstd",
            pkgConfig: archives == nil ? "libzstd" : nil,
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]
        ),
        .systemLibrary(
            name: "CXlsxWriter",
            path: "Sources/Bridges/CXlsxWriter",
            pkgConfig: archives == nil ? "xlsxwriter" : nil,
            providers: [.apt(["libxlsxwriter-dev"]), .brew(["libxlsxwriter"])]
        ),
        .target(
            name: "CSimdJSON",
            path: "Sources/Bridges/CSimdJSON",
            // The library's parser is in its header, with an assertion at each step.
            cxxSettings: [.define("NDEBUG", .when(configuration: .release))],
            linkerSettings: [library("simdjson")]
        ),
        // The pipelines and SQL files, for the binary to hold.
        .target(name: "CShippedFiles", path: "Sources/Bridges/CShippedFiles"),
        .target(name: "CSQLite", dependencies: [sqlite], path: "Sources/Bridges/CSQLite"),
        // What a row is.
        .target(name: "Records", dependencies: ["CSimdJSON"]),
        // What Apple said, kept between runs.
        .target(name: "Inventory", dependencies: ["Records", "CSQLite", grdb, sqlite]),
        // What a stage is, and how a pipeline file asks for it.
        .target(
            name: "Stages",
            dependencies: ["Records", "Inventory", "CSQLite", sqlite, .product(name: "Yams", package: "Yams")]
        ),
        // Connections to PostgreSQL.
        .target(name: "PostgreSQL", dependencies: ["Records", "Stages", "CLibPQ"]),
        // Inventories in a database, for workers without a disk, and who may use one now.
        .target(
            name: "Keeping",
            dependencies: ["Records", "Inventory", "Stages", "PostgreSQL", "CZstd", crypto],
            linkerSettings: [library("zstd")]
        ),
        // File, plan, run, report. No stage can see it.
        .target(name: "Pipeline", dependencies: ["Records", "Inventory", "Stages", "PostgreSQL", "Keeping", crypto]),
        // Apple's API over HTTP: the only target that opens a connection to it.
        .target(
            name: "AppleClient",
            dependencies: ["Records", "Stages", "CCurl", crypto],
            exclude: ["README.md"]
        ),
        .target(name: "Extract", dependencies: ["Records", "Inventory", "Stages"]),
        .target(
            name: "Transform",
            dependencies: ["Records", "Stages", "CSQLite", sqlite],
            exclude: ["Rules/README.md"]
        ),
        .target(
            name: "Load",
            dependencies: [
                "Records", "Inventory", "Stages", "PostgreSQL", "CSQLite", "CXlsxWriter", "CZlib", "CZstd", crypto,
                grdb,
                sqlite,
            ],
            linkerSettings: [library("zstd"), library("xlsxwriter")]
        ),
        // Numbers of finished runs, for Prometheus.
        .target(name: "RunMetrics", dependencies: ["Records", "Inventory", "Stages", "Pipeline", "Load"]),
        // Other programs that a pipeline file names.
        .target(name: "Programs", dependencies: ["Records"]),
        // What came, went, and changed since a moment.
        .target(name: "Compare", dependencies: ["Records", "Inventory", "Transform"]),
        // Those who are told of a run.
        .target(
            name: "Notify",
            dependencies: ["Records", "Inventory", "Stages", "Pipeline", "AppleClient", "Programs"]
        ),
        // Devices on services, by rules, plans, and proofs.
        .target(
            name: "Assign",
            dependencies: ["Records", "Inventory", "Stages", "Pipeline", "Extract", crypto]
        ),
        // Apple's API as a server, with a made-up organization behind it.
        .target(
            name: "Sandbox",
            dependencies: [
                hummingbird, hummingbirdTLS, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["README.md"]
        ),
        // The command: the one place that knows all of the above.
        .executableTarget(
            name: "axport",
            dependencies: [
                "Records", "Inventory", "Stages", "Keeping", "Pipeline", "AppleClient", "Extract", "Transform", "Load",
                "Sandbox", "RunMetrics", "Notify", "Programs", "Assign", "Compare", "CShippedFiles", "CSQLite", grdb,
                sqlite,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // What several test targets need: marked text, a private PostgreSQL, the vectors.
        .target(
            name: "TestSupport",
            dependencies: ["Records", "Stages", "Sandbox"],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "RecordsTests", dependencies: ["Records", "TestSupport"]),
        .testTarget(name: "InventoryTests", dependencies: ["Records", "Inventory", "TestSupport"]),
        .testTarget(
            name: "PipelineTests",
            dependencies: ["Records", "Inventory", "Stages", "Pipeline", "Extract", "Transform", "Load", "TestSupport"]
        ),
        .testTarget(
            name: "AppleClientTests",
            dependencies: [
                "Records", "Stages", "Pipeline", "AppleClient", "Sandbox", "TestSupport",
                crypto, .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ExtractTests",
            dependencies: [
                "Records", "Inventory", "Stages", "Pipeline", "AppleClient", "Extract", "Sandbox", "TestSupport",
            ]
        ),
        .testTarget(name: "TransformTests", dependencies: ["Records", "Stages", "Transform", "TestSupport"]),
        .testTarget(name: "LoadTests", dependencies: ["Records", "Stages", "PostgreSQL", "Load", "TestSupport", grdb]),
        .testTarget(
            name: "KeepingTests",
            dependencies: ["Records", "Inventory", "Stages", "PostgreSQL", "Keeping", "TestSupport"]
        ),
        .testTarget(name: "CompareTests", dependencies: ["Records", "Inventory", "Compare", "TestSupport"]),
        .testTarget(name: "RunMetricsTests", dependencies: ["RunMetrics"]),
        .testTarget(
            name: "NotifyTests",
            dependencies: ["Records", "Stages", "Pipeline", "Notify", "Programs", "TestSupport"]
        ),
        .testTarget(
            name: "AssignTests",
            dependencies: [
                "Records", "Inventory", "Stages", "Pipeline", "AppleClient", "Extract", "Transform", "Load", "Assign",
                "Sandbox", "TestSupport",
            ]
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Sandbox", "TestSupport", "CCurl", crypto,
            ]
        ),
        .testTarget(
            name: "axportTests",
            dependencies: [
                "axport", "Records", "Inventory", "Stages", "Pipeline", "Extract", "Transform", "Load", "Sandbox",
                "TestSupport",
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// `make fuzz` sets this: libFuzzer brings its own main function and needs the rules instrumented.
if Context.environment["AXPORT_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Records", "Transform", "Load"],
            path: "Tests/Fuzz",
            exclude: ["run.py", "answers"],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        )
    )
    let rules: Set = ["Records", "Transform", "Fuzz"]
    for target in package.targets where rules.contains(target.name) {
        target.swiftSettings = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
    }
}

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
    // `make test` sets this; a newer compiler's warnings must not keep anybody from building.
    if Context.environment["AXPORT_STRICT"] != nil { target.swiftSettings?.append(.treatAllWarnings(as: .error)) }
}
