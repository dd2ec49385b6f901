import Stages

/// Every transform, in the reference's order.
package enum Transforms {
    package static let all: [StageSpec<any Transformer>] = [
        NormalizeIMEI.spec,
        NormalizeMEID.spec,
        NormalizeEID.spec,
        NormalizeMAC.spec,
        Storage.spec,
        AppleCare.spec,
        NormalizePartNumber.spec,
        MACAddresses.spec,
        Dates.spec,
        Where.spec,
        Compute.spec,
        Select.spec,
        Rename.spec,
        Sort.spec,
    ]
}
