"""What the payloads of each event were seen to hold: types, presence, values, and deliveries that depart from it."""
