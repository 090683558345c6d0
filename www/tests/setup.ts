import '../src/style'
