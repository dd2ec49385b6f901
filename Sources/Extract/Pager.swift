import Records
import Stages

/// Reads a paged list (AppleClient/README.md section 10).
///
/// Every request has our own parameters and Apple's cursor, because Apple's own link may not keep `limit`. The link
/// is used only without a cursor. If Apple no longer accepts a cursor, the list restarts, so resources may repeat.
package struct Pager {
    private let api: any AppleAPI
    private let path: String
    private let query: [(name: String, value: String)]
    /// Where the list continues; nil before its first page and after its last.
    private(set) var position: String?
    private var isAtEnd = false
    private let type: String?
    private let device: String?
    private let needsIDs: Bool
    private let bound: PageBound
    /// Pages read since the list last restarted.
    private(set) var pages = 0
    /// Every position so far, to detect a list that repeats itself.
    private var passed: Set<String> = []
    private var restarts = 0

    /// Apple's maximum.
    private static let pageSize = 1000
    static let limit = (name: "limit", value: String(pageSize))
    /// An expired cursor restarts the list, and so may the new cursor. If that happens more often, something else is
    /// wrong.
    private static let restartLimit = 3

    /// - Parameters:
    ///   - type: of the resources; nil for linkages.
    ///   - device: whose list it is; nil for that of an organization or a service.
    ///   - query: sent with every page.
    ///   - position: where an earlier walk stopped.
    ///   - bound: the maximum number of pages, so that an endless list ends in an error.
    ///   - needsIDs: false if only the attributes of the resources are read.
    package init(
        _ api: any AppleAPI,
        _ path: String,
        of type: String? = nil,
        about device: String? = nil,
        query: [(name: String, value: String)] = [],
        from position: String? = nil,
        bound: PageBound,
        needsIDs: Bool = true
    ) {
        self.api = api
        self.bound = bound
        self.type = type
        self.device = device
        self.needsIDs = needsIDs
        self.path = path
        self.query = query + [Self.limit]
        self.position = position
        // As an older version stored it.
        if let position, !position.hasPrefix("cursor "), refusal(ofLink: position) != nil { self.position = nil }
        if let position = self.position { passed.insert(position) }
    }

    /// The number of pages for this number of resources.
    package static func pages(for resources: Int) -> Int { (resources + pageSize - 1) / pageSize }

    /// The next page; nil after the last.
    package mutating func next() async throws(APIError) -> ResourceDocument? {
        if isAtEnd { return nil }
        do {
            return try await page()
        } catch  where [.badRequest, .notFound].contains(error.kind) && position != nil && restarts < Self.restartLimit
        {
            restarts += 1
            position = nil
            pages = 0
            passed.removeAll()
            return try await page()
        }
    }

    /// The next page, and a pager that continues after it.
    func following() async throws(APIError) -> (page: ResourceDocument?, pager: Pager) {
        var pager = self
        return (try await pager.next(), pager)
    }

    private mutating func page() async throws(APIError) -> ResourceDocument {
        guard pages < bound.most else { throw fault(bound.meaning) }
        var problem = fault("no answer")
        // A page may be unreadable, or have a link that must not be followed or leads back. Another request may fix
        // that.
        for _ in 0..<4 {
            let body = try await api.get(target)
            let document: ResourceDocument
            do throws(APIError) {
                document = try Self.page(in: body, at: path, of: type, about: device, needsIDs: needsIDs)
            } catch {
                problem = error
                continue
            }
            if document.cursor == nil, let link = document.next,
                let refusal = api.refusal(ofLink: link) ?? refusal(ofLink: link)
            {
                problem = refusal
                continue
            }
            guard let next = document.cursor.map({ "cursor \($0)" }) ?? document.next else {
                position = nil
                isAtEnd = true
                pages += 1
                return document
            }
            guard passed.insert(next).inserted else {
                problem = fault("the list returns to a page that was already read")
                continue
            }
            position = next
            pages += 1
            return document
        }
        throw problem
    }

    /// The error of a run whose list has this answer as a page; nil for none.
    package static func error(in body: [UInt8], at path: String) -> APIError? {
        do throws(APIError) {
            _ = try page(in: body, at: path)
            return nil
        } catch {
            return error
        }
    }

    private static func page(
        in body: [UInt8],
        at path: String,
        of type: String? = nil,
        about device: String? = nil,
        needsIDs: Bool = true
    ) throws(APIError) -> ResourceDocument {
        let document: ResourceDocument
        do {
            document = try ResourceDocument(body, of: type, about: device, needsIDs: needsIDs)
        } catch let error as OtherDevice {
            throw fault(error.description, at: path)
        } catch {
            throw fault("the answer is not a list of resources (\(error))", at: path)
        }
        // Null is not an empty list: "nothing" and "not known" must stay different.
        guard document.isList else { throw fault("`data` of the answer is not a list", at: path) }
        return document
    }

    /// Why a link cannot be that to a page of the list; nil if it can be.
    private func refusal(ofLink link: String) -> APIError? {
        guard link.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return fault("the link to the next page is not a valid address")
        }
        let linked = link.prefix { $0 != "?" }
        let isOfThisList = (PercentEncoding.decode(linked) ?? String(linked))
            .hasSuffix(PercentEncoding.decode(path) ?? path)
        return isOfThisList ? nil : fault("the answer links to \(linked.prefix(200)), which is not this list")
    }

    private func fault(_ what: String) -> APIError { Self.fault(what, at: path) }

    private static func fault(_ what: String, at path: String) -> APIError {
        APIError(
            .unavailable,
            "GET \(path): \(what)",
            advice: "run again later; if it happens again, report it to Apple"
        )
    }

    private var target: APITarget {
        guard let position else { return .path(path, query: query) }
        guard position.hasPrefix("cursor ") else { return .link(position) }
        return .path(path, query: query + [("cursor", String(position.dropFirst(7)))])
    }
}
