import Records
import Testing

/// One walk through a document of Apple's API.
@Suite struct APIDocumentTests {
    private func read(_ json: String) throws -> (members: [String], resources: [String]) {
        var members: [String] = []
        var resources: [String] = []
        try Array(json.utf8).withUnsafeBufferPointer { json in
            try JSONReader().document(json) { member in
                members.append("\(member.name) \(member.kind)")
            } resource: { resource in
                let attributes = resource.attributes.map { String(decoding: $0, as: UTF8.self) } ?? "-"
                resources.append("\(resource.type) \(resource.id) \(attributes)")
            }
        }
        return (members, resources)
    }

    @Test func membersAndResourcesComeInTheirOrder() throws {
        let found = try read(
            #"{"data":[{"id":"A","type":"t","attributes":{"x":[1,{"id":"no"}]}},{"id":7}],"links":{"data":[{}]},"meta":1}"#
        )
        #expect(found.members == ["data array", "links object", "meta number"])
        #expect(found.resources == [#"t A {"x":[1,{"id":"no"}]}"#, " 7 -"])
    }

    @Test func aSingleResourceIsOne() throws {
        #expect(try read(#"{"data":{"id":"A"}}"#).resources == [" A -"])
        #expect(try read(#"{"data":null}"#) == (["data null"], []))
    }

    @Test func anOutermostArrayHoldsResources() throws {
        #expect(try read(#"[{"id":"A","attributes":{}},5]"#).resources == [" A {}", "  -"])
    }

    @Test func whatHasAnotherTypeCountsAsMissing() throws {
        #expect(try read(#"{"data":[{"id":null,"type":1,"attributes":[]}]}"#).resources == ["  -"])
        #expect(try read(#"{"data":[{"id":"A","id":true}]}"#).resources == [" A -"])
    }

    @Test func escapesAreRead() throws {
        #expect(try read(#"{"d\u0061ta":[{"\u0069d":"\u00e9"}]}"#).resources == [" é -"])
    }

    @Test(arguments: ["", "{", #"{"data":[{"id":"A"}"#, #"{"data":[{"id" "A"}]}"#, "5", #"{"data":[{"id":"\x"}]}"#])
    func whatIsNoDocumentIsRefused(_ json: String) {
        #expect(throws: JSONError.self) { try read(json) }
    }
}
