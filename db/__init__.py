"""What is stored: the vocabulary, the models, the engine and the migrations."""
