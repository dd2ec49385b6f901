/// A number and what it counts: `1 device`, `2 devices`.
///
/// - Parameter several: the plural, if it is not formed with an s.
package func counted(_ number: Int, _ one: String, _ several: String? = nil) -> String {
    "\(number) \(number == 1 ? one : several ?? one + "s")"
}
