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

    @Test func elementsWithoutAnIDThatCanBeStoredAreLeftOut() throws {
        let page = try document(#"{"data":[{"id":"A\u0000B"},{"id":""},{"type":"orgDevices"},{"id":"C"}]}"#)
        #expect(page.resources.map(\.id) == ["C"])
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

    @Test(arguments: [#""""#, "null", "17", "[]"]) func anEmptyCursorIsTheEnd(_ value: String) throws {
        let page = try document(
            #"{"data": [], "links": {"next": \#(value)}, "meta": {"paging": {"nextCursor": \#(value)}}}"#
        )
        #expect(page.next == nil)
        #expect(page.cursor == nil)
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
        #expect(error?.description == "there is no `data` in it")
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
        #expect(page.resources.map { String(decoding: $0.attributes, as: UTF8.self) } == ["{}", "{}"])
    }

    @Test(arguments: ["", "[]x", "{\"data\": [}", "<html>"]) func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try document(text) }
    }
}
