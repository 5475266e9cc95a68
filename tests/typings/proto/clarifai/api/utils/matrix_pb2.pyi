from clarifai_grpc.grpc.api.utils.matrix_pb2 import *
