import Inventory
import Records
import Stages

/// What an inquiry knows about a denial to the whole account.
struct DeniedAccount {
    /// When an earlier run recorded the denial; this run then asks about one device first.
    var since: Timestamp?
    var denials = Denials()
    /// The device, answered for before, that shows whether the account is denied.
    var witness: DeviceRequest?
    /// How many devices have been witnesses.
    var witnesses = 0
    /// A denial that may be about the account. How many devices it leaves out is not known yet.
    var pending: APIError?

    init(since: Timestamp?) { self.since = since }
}
