import Records
import Testing

@Suite struct ResourceTests {
    private func document(_ json: String) throws -> ResourceDocument { try ResourceDocument(Array(json.utf8)) }

    @Test func aPageHasItsResourcesAndWhereTheListGoesOn() throws {
        let page = try ResourceDocument(fixture("doc_orgdevices_page"))
        #expect(page.resources.map(\.id) == ["XABC123X0ABC123X0"])
        #expect(page.resources.map(\.type) == ["orgDevices"])
        let attributes = try #require(page.resources.first).attributes
        #expect(
            String(decoding: attributes, as: UTF8.self).hasPrefix("{\n        \"serialNumber\": \"XABC123X0ABC123X0\",")
        )
        #expect(String(decoding: attributes, as: UTF8.self).hasSuffix("\"APPLE\"\n      }"))
        #expect(page.cursor == "MDowOjE3NDYxMTM4OTI1OTA6MTc0NjExMzg5MjU5MDp0cnVlOmZhbHNlOjE3NDYxMTM4OTI1OTA")
        #expect(page.next == "https://api-business.apple.com/v1/orgDevices?cursor=\(page.cursor ?? "")")
    }

    @Test func theLastPageHasNoNextOne() throws {
        let page = try ResourceDocument(fixture("doc_mdmservers_list"))
        #expect(page.resources.map(\.id) == ["1F97349736CF4614A94F624E705841AD"])
        #expect(page.next == nil)
        #expect(page.cursor == nil)
    }

    @Test func aSingleResourceIsADocumentOfOne() throws {
        #expect(try ResourceDocument(fixture("doc_orgdevice_single")).resources.count == 1)
    }

    @Test func elementsWithoutAnIDThatCanBeStoredAreCounted() throws {
        let page = try document(
            #"{"data":[{"id":"A\u0000B"},{"id":"A\ufffd"},{"id":""},{"type":"orgDevices"},{"id":"C"}]}"#
        )
        #expect(page.resources.map(\.id) == ["C"])
        #expect(
            page.unreadable.map(\.cause) == [
                "its id contains U+0000", "its id contains U+FFFD in place of a lost character", "it has no id",
                "it has no id",
            ]
        )
        #expect(page.unreadable[3].text == #"{"type":"orgDevices"}"#)
    }

    @Test func aDeviceWithoutAnIDHasThatOfItsAttributes() throws {
        let page = try document(
            #"""
            {"data":[{"type":"orgDevices","attributes":{"color":"RED","serialNumber":"C01"}},
            {"id":null,"attributes":{"serialNumber":"C02"}},{"type":"orgDevices","attributes":{"serialNumber":7}},
            {"type":"mdmServers","attributes":{"serialNumber":"S"}},
            {"type":"orgDevices","id":"\u0000","attributes":{"serialNumber":"C03"}}]}
            """#
        )
        #expect(page.resources.map(\.id) == ["C01", "C02"])
        #expect(page.unreadable.count == 3)
    }

    @Test func whereNobodyAsksForThemAgainResourcesNeedNoID() throws {
        let page = try ResourceDocument(Array(#"{"data":[{"attributes":{"a":1}},null]}"#.utf8), needsIDs: false)
        #expect(page.resources.map { String(decoding: $0.attributes, as: UTF8.self) } == [#"{"a":1}"#])
        #expect(page.unreadable.map(\.cause) == ["it is not an object"])
    }

    @Test func aLongElementIsCutOff() throws {
        let page = try document(#"{"data":["\u0000\#(String(repeating: "ä", count: 5000))"]}"#)
        #expect(page.unreadable[0].text.hasPrefix(#"\u0000ä"#))
        #expect((300...310).contains(page.unreadable[0].text.count))
    }

    @Test func aLinkageHasNoAttributes() throws {
        let page = try ResourceDocument(fixture("doc_mdmserver_devices_linkages_asm"))
        #expect(page.resources == [Resource(type: "orgDevices", id: "XABC123X0ABC123X0", attributes: Array("{}".utf8))])
        #expect(page.cursor != nil)
        #expect(try ResourceDocument(fixture("doc_assigned_server_linkage")).resources.map(\.type) == ["mdmServers"])
    }

    @Test func coverageComesInItsOrder() throws {
        let ids = try ResourceDocument(fixture("doc_applecare_coverage_asm")).resources.map(\.id)
        #expect(ids == ["XABC123X0ABC123X0", "0000000001", "abe-XABC123X0ABC123X0"])
    }

    @Test(arguments: [#""""#, "null"]) func anEmptyCursorIsTheEnd(_ value: String) throws {
        let page = try document(
            #"{"data": [], "links": {"next": \#(value)}, "meta": {"paging": {"nextCursor": \#(value)}}}"#
        )
        #expect(page.next == nil)
        #expect(page.cursor == nil)
    }

    @Test(arguments: ["17", "[]", "true"]) func anotherValueIsNoEnd(_ value: String) throws {
        for paging in [#""links": {"next": \#(value)}"#, #""meta": {"paging": {"nextCursor": \#(value)}}"#] {
            #expect(throws: JSONError.self) { try document("{\"data\": [], \(paging)}") }
            // A single resource has no next page.
            #expect(try document("{\"data\": {\"id\": \"A\"}, \(paging)}").resources.count == 1)
        }
    }

    @Test func membersMayComeInAnyOrder() throws {
        let page = try document(
            #"{"meta": {"x": 1, "paging": {"nextCursor": "c"}}, "data": [{"attributes": {"a": 1}, "id": "i", "type": "t"}]}"#
        )
        #expect(page.resources == [Resource(type: "t", id: "i", attributes: Array(#"{"a": 1}"#.utf8))])
        #expect(page.cursor == "c")
    }

    @Test func withoutDataItIsNoDocument() throws {
        let error = #expect(throws: JSONError.self) { try ResourceDocument(fixture("doc_error_404")) }
        #expect(error?.description == "it has no `data`")
    }

    @Test func noneIsAnEmptyList() throws {
        #expect(try document(#"{"data": null}"#).resources.isEmpty)
        #expect(try document(#"{"data": []}"#).resources.isEmpty)
    }

    @Test func whatIsNoResourceIsLeftOut() throws {
        let page = try document(
            #"{"data": [null, 1, {"type": "t"}, {"id": ""}, {"id": 7}, {"id": "a", "attributes": null}]}"#
        )
        #expect(page.resources.map(\.id) == ["7", "a"])
        #expect(page.unreadable.count == 4)
        #expect(page.resources.map { String(decoding: $0.attributes, as: UTF8.self) } == ["{}", "{}"])
    }

    /// A known device would lose all its values.
    @Test func whatHasAnotherTypeOrNoAttributesIsUnreadable() throws {
        let text = #"""
            {"data": [{"type": "orgDevices", "id": "a", "attributes": {}}, {"id": "b", "attributes": {"status": "X"}},
              {"type": "mdmServers", "id": "c", "attributes": {}}, {"type": "orgDevices", "id": "d"},
              {"id": "e", "attributes": null}, {"id": "f", "attributes": []}, {"id": "g", "attributes": "x"},
              {"id": "h", "attributes": 7}]}
            """#
        let page = try ResourceDocument(Array(text.utf8), of: "orgDevices")
        #expect(page.resources.map(\.id) == ["a", "b"])
        #expect(
            page.unreadable.map(\.cause) == ["its type is not orgDevices"]
                + Array(repeating: "it has no attributes", count: 5)
        )
        #expect(try document(text).resources.count == 8, "linkages have no attributes")
    }

    @Test func aDocumentWithErrorsSaysNothing() throws {
        for errors in [#"[{"status": "500"}]"#, "[null]", #"{"detail": "x"}"#] {
            #expect(throws: JSONError.self) { try document(#"{"data": [], "errors": \#(errors)}"#) }
        }
        for errors in ["[]", "[ ]", "{}", "null", "false"] {
            #expect(try document(#"{"data": [], "errors": \#(errors)}"#).resources.isEmpty)
        }
    }

    @Test(arguments: ["", "[]x", "{\"data\": [}", "<html>"]) func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try document(text) }
    }
}
