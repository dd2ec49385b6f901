import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A path with its place in the file.
struct LocatedPath: SettingValue {
    static var typeName: String { PathSetting.typeName }
    let setting: PathSetting
    let location: SourceLocation

    init(from node: ConfigNode) throws(Diagnostic) {
        setting = try PathSetting(from: node)
        location = node.location
    }

    /// Whether it certainly leads to no file.
    var isMissing: Bool {
        guard !setting.isUnknown, !setting.path.isEmpty, access(setting.path, F_OK) != 0 else { return false }
        return errno == ENOENT || errno == ENOTDIR
    }
}
