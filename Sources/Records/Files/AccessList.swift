#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The access list (POSIX ACL) of an open file: rights of users and groups beyond the mode.
package enum AccessList {
    #if canImport(Darwin)
        package static func read(_ descriptor: Int32) -> [UInt8] { [] }
        package static func read(_ place: FilePlace) -> [UInt8] { [] }
        package static func remove(_ descriptor: Int32) {}
    #else
        private static let attribute = "system.posix_acl_access"

        /// The list in the kernel's format; empty if there is none.
        package static func read(_ descriptor: Int32) -> [UInt8] {
            bytes { getAttribute(descriptor, attribute, $0, $1) }
        }

        /// The same for a file that this process may be unable to read.
        package static func read(_ place: FilePlace) -> [UInt8] {
            bytes { getAttributeOfPath(place.path, attribute, $0, $1) }
        }

        private static func bytes(_ get: (UnsafeMutableRawPointer, Int) -> Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                count = buffer.baseAddress.map { max(0, get($0, buffer.count)) } ?? 0
            }
        }

        /// Removes the list. Only the mode remains.
        package static func remove(_ descriptor: Int32) { _ = removeAttribute(descriptor, attribute) }
    #endif
}

#if !canImport(Darwin)
    /// getxattr(2) and similar calls; Swift's Glibc lacks sys/xattr.h.
    @_silgen_name("fgetxattr")
    private func getAttribute(
        _ file: CInt,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeMutableRawPointer,
        _ size: Int
    ) -> Int

    @_silgen_name("lgetxattr")
    private func getAttributeOfPath(
        _ path: UnsafePointer<CChar>,
        _ name: UnsafePointer<CChar>,
        _ value: UnsafeMutableRawPointer,
        _ size: Int
    ) -> Int

    @_silgen_name("fremovexattr")
    private func removeAttribute(_ file: CInt, _ name: UnsafePointer<CChar>) -> CInt
#endif
