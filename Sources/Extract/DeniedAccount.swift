import Inventory
import Records
import Stages

/// What an inquiry knows about whether Apple denies the account what it asks for.
struct DeniedAccount {
    /// Since when earlier runs know of it: one device is then asked first.
    var since: Timestamp?
    var denials = Denials()
    /// The device that was answered before, while it is asked whether the account is denied.
    var witness: DeviceRequest?
    /// How many devices have been that.
    var witnesses = 0
    /// May be the account's; it is not known yet how many devices are left out then.
    var pending: APIError?

    init(since: Timestamp?) { self.since = since }
}
