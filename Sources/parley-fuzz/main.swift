print("usage: parley-fuzz PARSER --count N --seed S")
