import GRDB

extension Inventory {
    /// Takes over from the devices how migrations go on that axport has requested. Apple also calls a canceled migration
    /// failed; only the journal tells that axport has canceled it.
    package func followMigrations() throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE assign_item AS item SET migration = coalesce(
                      (SELECT 'CANCELED' FROM assign_item AS later WHERE later.serial = item.serial AND later.seq > item.seq
                        AND later.action = 'cancel_migration' AND later.verdict = 'landed'),
                      (SELECT attributes ->> '$.mdmMigrationStatus' FROM device WHERE device.serial = item.serial),
                      migration)
                    WHERE action = 'migrate' AND verdict = 'landed'
                      AND coalesce(migration, '') NOT IN ('SUCCESS', 'FAILED', 'CANCELED')
                      AND NOT EXISTS (SELECT 1 FROM assign_item AS later WHERE later.serial = item.serial
                        AND later.seq > item.seq AND later.action = 'migrate' AND later.verdict = 'landed')
                    """
            )
        }
    }
}
