#!/bin/sh
tar -czf /srv/backup/shop.tgz /srv/shop
chmod -R 777 /srv/backup
