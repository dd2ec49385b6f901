import Records
import Testing
import Transform

@Suite struct StorageBytesTests {
    @Test(arguments: Vector.load("storage", field: "storage_bytes"))
    func followsTheVector(_ vector: Vector) throws {
        vector.expect(try judge(json: vector.input, as: StorageBytes.self)) { "\($0)" }
    }

    @Test(arguments: [
        ("9223372036854775807B", Int64.max), ("9223.372036TB", 9_223_372_036_000_000), ("1PB", 1_000_000_000_000_000),
        ("0.000001MB", 1), ("1.000000B", 1), ("0000000000000000001KB", 1000), ("1.5KiB", 1536),
        ("1 tIb", 1_099_511_627_776),
        ("512\u{202F}GB", 512_000_000_000), ("0.015625kib", 16), ("8192PiB", nil),
        ("8191PiB", 9_222_246_136_947_933_184),
    ])
    func countsBytes(_ text: String, _ expected: Int64?) {
        #expect(judge(text, as: StorageBytes.self).value?.count == expected)
    }

    @Test(arguments: [
        ("0.5B", Reason.fractionalBytes), ("1.0001KB", .fractionalBytes), ("0.1KiB", .fractionalBytes),
        ("0.000000TB", .placeholder), ("0B", .placeholder), ("9223372036854775808B", .overflow),
        ("9999999999999999999PiB", .overflow), ("10000000000000000000B", .format), ("99999999999999999999B", .format),
        ("512  GB", .format), ("512\tGB", .format), ("512\u{2007}GB", .format), ("1.0000000TB", .format),
        ("+1GB", .format),
        ("1EB", .format), ("1G", .format), ("1iB", .format), ("1Gb/s", .format), ("256 GB.", .format),
        ("٢٥٦GB", .format),
        ("1 000GB", .format), ("B", .format), ("1.5", .format), ("1.", .format), ("unknown", .placeholder),
        (" ", .missing),
    ])
    func judgesText(_ text: String, _ reason: Reason) {
        #expect(judge(text, as: StorageBytes.self).reason == reason)
    }

    @Test func canonicalBytesReadBack() {
        var dice = Dice(seed: 11)
        for round in 0..<20_000 {
            let input = dice.bytes(from: round % 4 == 0 ? nil : Array("0123456789.KMGTPiB ".utf8))
            guard let value = StorageBytes.parse(input.span).value else { continue }
            #expect(judge("\(value)B", as: StorageBytes.self).value == value)
        }
    }
}
