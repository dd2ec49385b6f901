"""What somebody would write in twenty lines: attributes of an inventory as a CSV, or copied into PostgreSQL.

    plain_load.py INVENTORY FILE
    plain_load.py INVENTORY | psql -c 'COPY TABLE FROM STDIN (FORMAT csv)'
"""
import csv
import json
import sqlite3
import sys

NAMES = ["addedToOrgDateTime", "updatedDateTime", "orderDateTime", "deviceModel", "productFamily", "productType",
         "deviceCapacity", "partNumber", "orderNumber", "color", "status", "imei", "meid", "eid", "wifiMacAddress",
         "bluetoothMacAddress", "ethernetMacAddress", "purchaseSourceType", "purchaseSourceId"]
ROWS = """
SELECT device.serial, device.attributes, server.name, coverage.answer FROM device LEFT JOIN assignment USING (id)
LEFT JOIN server ON server.id = assignment.server LEFT JOIN coverage ON coverage.id = device.id ORDER BY device.id
"""
file = open(sys.argv[2], "w", encoding="utf-8", newline="") if len(sys.argv) > 2 else sys.stdout
with file, sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True) as inventory:
    writer = csv.writer(file)
    for serial, attributes, server, answer in inventory.execute(ROWS):
        values = json.loads(attributes.replace("\\u0000", ""))
        ends = [record["attributes"].get("endDateTime") or "" for record in json.loads(answer or "[]")]
        writer.writerow([serial, *(values.get(name) for name in NAMES), server, max(ends, default=None)])
