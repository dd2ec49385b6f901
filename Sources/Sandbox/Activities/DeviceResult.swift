/// What an activity did to one of its devices.
package struct DeviceResult: Sendable, Hashable {
    package enum Effect: String, Sendable {
        case changed
        /// Nothing to change. At some services the device nevertheless lost its enrollment profile.
        case alreadyThere
        /// Not a device of the organization.
        case unknown
        case refused
        /// The activity ended before its turn.
        case unfinished
    }

    package let serial: String
    package let effect: Effect
    /// The words of the activity's log; nil if the log is silent about the device.
    package let word: LogWord?
}

/// The columns `operation_status` and `operation_substatus` of a log.
package struct LogWord: Sendable, Hashable {
    package let status: String
    package let subStatus: String

    static let updated = LogWord(status: "SUCCESS", subStatus: "UPDATED")
    static let notAllowed = LogWord(status: "ISSUE", subStatus: "OPERATION_NOT_ALLOWED")
    static let invalid = LogWord(status: "ERROR", subStatus: "INVALID_INPUT")
    static let internalError = LogWord(status: "ERROR", subStatus: "INTERNAL_ERROR")

    var isSuccess: Bool { status == "SUCCESS" }
}
