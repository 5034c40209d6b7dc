"""From notifications to the rooms' members: feeds, groups of rooms with equal filters, rooms."""
