"""What the tests are made with: real servers, real processes, and the people in the rooms."""
