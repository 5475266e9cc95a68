from clarifai_grpc.grpc.api.utils.time_pb2 import *
