import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct ConfigNodeTests {
    /// The problems of a text, each behind its marker.
    private func problems(_ marked: String, _ environment: Environment = .only([:])) throws -> [String] {
        let marked = MarkedText(marked)
        do {
            _ = try ConfigNode.parsed(marked.text, environment)
            return []
        } catch let error as PlanError {
            return error.diagnostics.map {
                "\(marked.marker(line: $0.location.line, column: $0.location.column)) \($0.text)"
            }
        }
    }

    @Test func scalarsStayText() throws {
        let node = try ConfigNode.parsed("[no, 0x10, 1e3, 012, ~, '', 2026-01-01, \"a\\nb\"]")
        #expect(node.items.map(\.text) == ["no", "0x10", "1e3", "012", "~", "", "2026-01-01", "a\nb"])
    }

    @Test func everyValueKnowsItsPlace() throws {
        let node = try ConfigNode.parsed("a:\n  - b\n  - ü: \"c\"\n")
        #expect(node.location.description == "t.yaml:1:1")
        guard case .map(let pairs) = node.content else { throw Failure(.usage, "no map") }
        #expect(pairs[0].value.items.map(\.location.description) == ["t.yaml:2:5", "t.yaml:3:5"])
        guard case .map(let inner) = pairs[0].value.items[1].content else { throw Failure(.usage, "no map") }
        #expect(inner[0].value.location.description == "t.yaml:3:8")
    }

    @Test(arguments: [("a", 4), ("'a", 5), ("\"a", 5)]) func aCharacterHasItsPlace(_ start: String, _ column: Int)
        throws
    {
        let quote = start.count > 1 ? String(start.prefix(1)) : ""
        let node = try ConfigNode.parsed("- \(start) = 1\(quote)")
        #expect(node.items[0].location(ofCharacter: 1).column == column)
    }

    @Test(arguments: ["- |\n  a\n  b", "- ${env:A}", "- >\n  a"]) func aCharacterElsewhereHasThatOfItsValue(
        _ yaml: String
    ) throws {
        let node = try ConfigNode.parsed(yaml, .only(["A": "x"])).items[0]
        #expect(node.location(ofCharacter: 1) == node.location)
    }

    @Test func aliasesStandForTheirAnchors() throws {
        let node = try ConfigNode.parsed("- &x { a: 1 }\n- *x\n")
        #expect(node.items.map(\.text) == ["1", "1"])
    }

    /// Ten levels of ten are ten thousand million values.
    @Test func aliasesThatMultiplyAreBounded() throws {
        let lists = (1...10).map { level in
            "a\(level): &a\(level) [\(Array(repeating: level == 1 ? "x" : "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let found = try problems("\(lists.joined())")
        #expect(found.count == 1)
        #expect(
            found[0].hasSuffix("with its aliases expanded, the file has more than 100000 values; make it smaller"),
            "\(found)"
        )
        let few = try ConfigNode.parsed(lists.prefix(4).joined())
        if case .map(let pairs) = few.content { #expect(pairs.count == 4) } else { Issue.record("no map") }
    }

    @Test func theSizeOfAFileIsBounded() throws {
        let start = "a: 1\n#"
        #expect(try problems(start + String(repeating: "x", count: 1_000_000 - start.utf8.count)) == [])
        let found = try problems("1️⃣" + start + String(repeating: "x", count: 1_000_001 - start.utf8.count))
        #expect(found == ["1️⃣ the file has 1000001 bytes, more than the limit of 1000000"])
    }

    @Test(arguments: ["transform", "load"]) func theStagesOfASectionAreBounded(_ section: String) throws {
        func found(_ count: Int) throws -> [String] {
            let stage = section == "load" ? "desk: { name: a" : "keep: C0"
            let list = (0..<count).map { section == "load" ? "\(stage)\($0) }" : stage }.joined(separator: ", ")
            return try PipelineTests.problems(
                section == "load" ? pipeline(load: "1️⃣[\(list)]") : pipeline(transform: "1️⃣[\(list)]")
            )
        }
        #expect(try found(1000) == [])
        #expect(try found(1001) == ["1️⃣ '\(section)' has 1001 stages, more than the limit of 1000"])
    }

    @Test func allReferencesThatFailAreReported() throws {
        #expect(
            try problems("a: 1️⃣${env:A}\nb: [2️⃣\"${env:B}\", \"x${env:C:-y}\"]\n3️⃣${env:D}: 1\n", .only(["E": "1"])) == [
                "1️⃣ ${env:A}: the environment variable A is not set; set it in the environment of axport",
                "2️⃣ ${env:B}: the environment variable B is not set; set it in the environment of axport",
                "3️⃣ ${env:D}: the environment variable D is not set; set it in the environment of axport",
            ]
        )
    }
}
