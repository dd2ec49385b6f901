import CXlsxWriter
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the one sheet of a workbook, row after row. Its rows wait in temporary files that nobody else can read.
struct WorkbookWriter: ~Copyable {
    enum Style: CaseIterable { case header, text, moment, day, plain }

    private let folder: String
    private let file: String
    private let workbook: UnsafeMutablePointer<lxw_workbook>
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let styles: [Style: UnsafeMutablePointer<lxw_format>]
    private var isOpen = true
    private(set) var rows = 0

    /// When all workbooks were made, so that equal rows give equal files.
    private static let made: time_t = 315_532_800

    init(_ name: String) throws {
        let (folder, file) = try Self.place()
        guard let (workbook, sheet) = Self.make(file, in: folder, sheet: name) else {
            let failure = Self.failure(in: folder)
            try? FileManager.default.removeItem(atPath: folder)
            throw failure
        }
        (self.folder, self.file, self.workbook, self.sheet) = (folder, file, workbook, sheet)
        var properties = lxw_doc_properties()
        properties.created = Self.made
        workbook_set_properties(workbook, &properties)
        styles = Self.styles(of: workbook)
    }

    private static func place() throws -> (folder: String, file: String) {
        var template = Array("\(TemporaryFolder.path)/axport.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Descriptor.failure("make a folder in", TemporaryFolder.path) }
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        return (folder, "\(folder)/workbook.xlsx")
    }

    private static func make(
        _ file: String,
        in folder: String,
        sheet name: String
    ) -> (UnsafeMutablePointer<lxw_workbook>, UnsafeMutablePointer<lxw_worksheet>)? {
        folder.withCString { temporary in
            var options = lxw_workbook_options()
            options.constant_memory = 1
            options.tmpdir = UnsafeMutablePointer(mutating: temporary)
            guard let workbook = workbook_new_opt(file, &options) else { return nil }
            guard let sheet = workbook_add_worksheet(workbook, name) else {
                lxw_workbook_free(workbook)
                return nil
            }
            return (workbook, sheet)
        }
    }

    private static func styles(
        of workbook: UnsafeMutablePointer<lxw_workbook>
    ) -> [Style: UnsafeMutablePointer<lxw_format>] {
        var styles: [Style: UnsafeMutablePointer<lxw_format>] = [:]
        for style in Style.allCases where style != .plain {
            guard let format = workbook_add_format(workbook) else { continue }
            switch style {
            case .header: format_set_bold(format)
            case .text: format_set_num_format(format, "@")
            case .moment: format_set_num_format(format, "yyyy-mm-dd hh:mm:ss")
            case .day: format_set_num_format(format, "yyyy-mm-dd")
            case .plain: break
            }
            styles[style] = format
        }
        return styles
    }

    /// Names the columns, and keeps their names in sight.
    mutating func begin(_ columns: [(name: String, width: Double)]) {
        for (index, column) in columns.enumerated() {
            worksheet_set_column(sheet, UInt16(index), UInt16(index), column.width, nil)
        }
        worksheet_freeze_panes(sheet, 1, 0)
        worksheet_ignore_errors(sheet, UInt8(LXW_IGNORE_NUMBER_STORED_AS_TEXT.rawValue), "A1:XFD1048576")
        for (index, column) in columns.enumerated() { write(column.name.utf8CString.map(\.self), index, as: .header) }
        rows = 1
    }

    mutating func endRow() { rows += 1 }

    /// - Returns: whether it fits into a cell.
    @discardableResult
    func write(_ text: [CChar], _ column: Int, as style: Style = .text) -> Bool {
        worksheet_write_string(sheet, UInt32(rows), UInt16(column), text, styles[style]) == LXW_NO_ERROR
    }

    func write(_ number: Double, _ column: Int, as style: Style = .plain) {
        worksheet_write_number(sheet, UInt32(rows), UInt16(column), number, styles[style])
    }

    func write(_ flag: Bool, _ column: Int) {
        worksheet_write_boolean(sheet, UInt32(rows), UInt16(column), flag ? 1 : 0, nil)
    }

    /// The whole workbook. The library does not tell whether all rows reached the disk, so they are counted again.
    mutating func finish(columns: Int) throws -> [UInt8] {
        worksheet_autofilter(sheet, 0, 0, UInt32(rows - 1), UInt16(max(columns, 1) - 1))
        isOpen = false
        let end = workbook_close(workbook)
        guard end == LXW_NO_ERROR, let data = FileManager.default.contents(atPath: file) else {
            throw Self.failure(in: folder)
        }
        let bytes = [UInt8](data)
        guard try WorkbookRows.count(in: bytes) == rows else { throw Self.failure(in: folder) }
        return bytes
    }

    deinit {
        if isOpen { lxw_workbook_free(workbook) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func failure(in folder: String) -> Failure {
        Failure(
            .destinationFailed,
            "cannot write the workbook: not all of it reached the disk of \(folder)",
            advice: TemporaryFolder.advice,
            isTransient: true
        )
    }
}
